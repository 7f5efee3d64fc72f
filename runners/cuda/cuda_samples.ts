/**
 * What CUDA programs print, as samples for tests: invented devices in the programs' own formats.
 *
 * @module
 */
import type { CudaRun } from "./cuda_run.ts";

/** A run that ended by itself, with success unless a status says otherwise. */
export function ended(stdout: string, stderr = "", status: number | null = 0): CudaRun {
  return { status, stdout, stderr };
}

/** What every program that uses the samples' `helper_cuda.h` says where there is no GPU. */
export const NO_DEVICE = ended(
  "[program] - Starting...\n",
  'CUDA error at ../../../Common/helper_cuda.h:816 code=100(cudaErrorNoDevice) "cudaGetDeviceCount(&device_count)" \n',
  1,
);
export const OLD_DRIVER = ended(
  "[program] - Starting...\n",
  'CUDA error at ../../../Common/helper_cuda.h:816 code=35(cudaErrorInsufficientDriver) "cudaGetDeviceCount(&device_count)" \n',
  1,
);

/** One device of deviceQuery, of version 12. */
export function deviceText(index: number, name = "NVIDIA Q200 80GB"): string {
  return `
Device ${index}: "${name}"
  CUDA Driver Version / Runtime Version          12.8 / 12.8
  CUDA Capability Major/Minor version number:    9.0
  Total amount of global memory:                 81079 MBytes (85017755648 bytes)
  (132) Multiprocessors, (128) CUDA Cores/MP:    16896 CUDA Cores
  GPU Max Clock rate:                            1980 MHz (1.98 GHz)
  Memory Clock rate:                             2619 Mhz
  Memory Bus Width:                              5120-bit
  L2 Cache Size:                                 52428800 bytes
  Maximum Texture Dimension Size (x,y,z)         1D=(131072), 2D=(131072, 65536), 3D=(16384, 16384, 16384)
  Maximum Layered 1D Texture Size, (num) layers  1D=(32768), 2048 layers
  Maximum Layered 2D Texture Size, (num) layers  2D=(32768, 32768), 2048 layers
  Total amount of constant memory:               65536 bytes
  Total amount of shared memory per block:       49152 bytes
  Total shared memory per multiprocessor:        233472 bytes
  Total number of registers available per block: 65536
  Warp size:                                     32
  Maximum number of threads per multiprocessor:  2048
  Maximum number of threads per block:           1024
  Max dimension size of a thread block (x,y,z): (1024, 1024, 64)
  Max dimension size of a grid size    (x,y,z): (2147483647, 65535, 65535)
  Maximum memory pitch:                          2147483647 bytes
  Texture alignment:                             512 bytes
  Concurrent copy and kernel execution:          Yes with 3 copy engine(s)
  Run time limit on kernels:                     No
  Integrated GPU sharing Host Memory:            No
  Support host page-locked memory mapping:       Yes
  Alignment requirement for Surfaces:            Yes
  Device has ECC support:                        Enabled
  Device supports Unified Addressing (UVA):      Yes
  Device supports Managed Memory:                Yes
  Device supports Compute Preemption:            Yes
  Supports Cooperative Kernel Launch:            Yes
  Supports MultiDevice Co-op Kernel Launch:      Yes
  Device PCI Domain ID / Bus ID / location ID:   0 / ${101 + index} / 0
  Compute Mode:
     < Default (multiple host threads can use ::cudaSetDevice() with device simultaneously) >
`;
}

/** deviceQuery's whole output; `peers` are its lines on peer access. */
export function deviceQueryText(devices: readonly string[], peers = ""): string {
  return `/opt/samples/deviceQuery Starting...

 CUDA Device Query (Runtime API) version (CUDART static linking)

Detected ${devices.length} CUDA Capable device(s)
${devices.join("")}${peers}
deviceQuery, CUDA Driver = CUDART, CUDA Driver Version = 12.8, CUDA Runtime Version = 12.8, NumDevs = ${devices.length}
Result = PASS
`;
}

export const PEERS_OF_TWO =
  `> Peer access from NVIDIA Q200 80GB (GPU0) -> NVIDIA Q200 80GB (GPU1) : Yes
> Peer access from NVIDIA Q200 80GB (GPU1) -> NVIDIA Q200 80GB (GPU0) : No
`;

export const MATRIX_MUL = `[Matrix Multiply Using CUDA] - Starting...
GPU Device 0: "Hopper" with compute capability 9.0

MatrixA(1024,1024), MatrixB(1024,1024)
Computing result using CUDA Kernel...
done
Performance= 6543.21 GFlop/s, Time= 0.328 msec, Size= 2147483648 Ops, WorkgroupSize= 1024 threads/block
Checking computed result for correctness: Result = PASS

NOTE: The CUDA Samples are not meant for performance measurements. Results may vary when GPU Boost is enabled.
`;

export const NBODY = `Run "nbody -benchmark [-numbodies=<numBodies>]" to measure performance.
\t-fullscreen       (run n-body simulation in fullscreen mode)

NOTE: The CUDA Samples are not meant for performance measurements. Results may vary when GPU Boost is enabled.

> Windowed mode
> Simulation data stored in video memory
> Single precision floating point simulation
> 1 Devices used for simulation
GPU Device 0: "Hopper" with compute capability 9.0

> Compute 9.0 CUDA device: [NVIDIA Q200 80GB]
number of bodies = 65536
65536 bodies, total time for 10 iterations: 25.000 ms
= 1717.987 billion interactions per second
= 34359.738 single-precision GFLOP/s at 20 flops per interaction
`;

export const VECTOR_ADD = `[Vector addition of 50000 elements]
Copy input data from the host memory to the CUDA device
CUDA kernel launch with 196 blocks of 256 threads
Copy output data from the CUDA device to the host memory
Test PASSED
Done
`;

export const ASYNC_API = `[/opt/samples/asyncAPI] - Starting...
GPU Device 0: "Hopper" with compute capability 9.0

CUDA device [NVIDIA Q200 80GB]
time spent executing by the GPU: 5.25
time spent by CPU in CUDA calls: 0.03
CPU executed 21847 iterations while waiting for GPU to finish
`;

export const SIMPLE_STREAMS = `[ simpleStreams ]

Device synchronization method set to = 0 (Automatic Blocking)
Setting reps to 100 to demonstrate steady state

> GPU Device 0: "Hopper" with compute capability 9.0

Device: <NVIDIA Q200 80GB> canMapHostMemory: Yes
> CUDA Capable: SM 9.0 hardware
> 132 Multiprocessor(s) x 128 (Cores/Multiprocessor) = 16896 (Cores)
> scale_factor = 1.0000
> array_size   = 16777216

> Using CPU/GPU Device Synchronization method (cudaDeviceScheduleAuto)
> mmap() allocating 64.00 Mbytes (generic page-aligned system memory)
> cudaHostRegister() registering 64.00 Mbytes of generic allocated system memory

Starting Test
memcopy:\t2.53
kernel:\t\t0.21
non-streamed:\t2.68
4 streams:\t2.55
-------------------------------
`;

export const CONCURRENT_KERNELS = `[/opt/samples/concurrentKernels] - Starting...
GPU Device 0: "Hopper" with compute capability 9.0

> Detected Compute SM 9.0 hardware with 132 multi-processors
Expected time for serial execution of 8 kernels = 0.080s
Expected time for concurrent execution of 8 kernels = 0.010s
Measured time for sample = 0.011s
Test passed
`;

export const SIMPLE_P2P = `[/opt/samples/simpleP2P] - Starting...
Checking for multiple GPUs...
CUDA-capable device count: 2

Checking GPU(s) for support of peer to peer memory access...
${PEERS_OF_TWO}Enabling peer access between GPU0 and GPU1...
Allocating buffers (64MB on GPU0, GPU1 and CPU Host)...
Creating event handles...
cudaMemcpyPeer / cudaMemcpy between GPU0 and GPU1: 246.50GB/s
Preparing host buffer and memcpy to GPU0...
Run kernel on GPU1, taking source data from GPU0 and writing to GPU1...
Run kernel on GPU0, taking source data from GPU1 and writing to GPU0...
Copy data back to host from GPU0 and verify results...
Disabling peer access...
Shutting down...
Test passed
`;

export const SIMPLE_P2P_ONE_GPU = `[/opt/samples/simpleP2P] - Starting...
Checking for multiple GPUs...
CUDA-capable device count: 1
Two or more GPUs with Peer-to-Peer access capability are required for /opt/samples/simpleP2P.
Waiving test.
`;

export const BANDWIDTH_TEST = `[CUDA Bandwidth Test] - Starting...
Running on...

 Device 0: NVIDIA Q200 80GB
 Quick Mode

 Host to Device Bandwidth, 1 Device(s)
 PINNED Memory Transfers
   Transfer Size (Bytes)\tBandwidth(GB/s)
   32000000\t\t\t55.3

 Device to Host Bandwidth, 1 Device(s)
 PINNED Memory Transfers
   Transfer Size (Bytes)\tBandwidth(GB/s)
   32000000\t\t\t54.9

 Device to Device Bandwidth, 1 Device(s)
 PINNED Memory Transfers
   Transfer Size (Bytes)\tBandwidth(GB/s)
   32000000\t\t\t2402.7

Result = PASS

NOTE: The CUDA Samples are not meant for performance measurements. Results may vary when GPU Boost is enabled.
`;

export const P2P_BANDWIDTH = `[P2P (Peer-to-Peer) GPU Bandwidth Latency Test]
Device: 0, NVIDIA Q200 80GB, pciBusID: 65, pciDeviceID: 0, pciDomainID:0
Device: 1, NVIDIA Q200 80GB, pciBusID: 66, pciDeviceID: 0, pciDomainID:0
Device=0 CAN Access Peer Device=1
Device=1 CANNOT Access Peer Device=0

***NOTE: In case a device doesn't have P2P access to other one, it falls back to normal memcopy procedure.
So you can see lesser Bandwidth (GB/s) and unstable Latency (us) in those cases.

P2P Connectivity Matrix
     D\\D     0     1
     0\t     1     1
     1\t     0     1
Unidirectional P2P=Disabled Bandwidth Matrix (GB/s)
   D\\D     0      1 
     0 2403.10  37.25 
     1  37.50 2405.00 
Unidirectional P2P=Enabled Bandwidth (P2P Writes) Matrix (GB/s)
   D\\D     0      1 
     0 2403.20 370.00 
     1  37.10 2404.00 
Bidirectional P2P=Disabled Bandwidth Matrix (GB/s)
   D\\D     0      1 
     0 2410.00  42.00 
     1  42.50 2411.00 
Bidirectional P2P=Enabled Bandwidth Matrix (GB/s)
   D\\D     0      1 
     0 2410.50 740.00 
     1 739.00 2411.50 
P2P=Disabled Latency Matrix (us)
   GPU     0      1 
     0   2.10  15.00 
     1  14.50   2.20 

   CPU     0      1 
     0   1.80   4.90 
     1   5.00   1.90 
P2P=Enabled Latency (P2P Writes) Matrix (us)
   GPU     0      1 
     0   2.15   2.50 
     1  14.60   2.25 

   CPU     0      1 
     0   1.85   1.30 
     1   5.10   1.95 

NOTE: The CUDA Samples are not meant for performance measurements. Results may vary when GPU Boost is enabled.
`;
