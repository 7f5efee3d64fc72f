/**
 * Measures the parser of nvidia-smi's logs on generated documents of 16 GPUs with 7 MIG devices each,
 * no two of which are alike.
 *
 * Run it with `deno run --allow-all runners/gpu/nvidia_smi_bench.ts`; it exits with 1 below 20 MB/s, or
 * where a log is not read as it was written.
 *
 * @module
 */
import { parseNvidiaSmiLog } from "./nvidia_smi_log.ts";
import {
  sampleGpu,
  sampleLog,
  sampleLogXml,
  sampleMigDevices,
  USUAL_STYLE,
} from "./nvidia_smi_samples.ts";

const DOCUMENTS = 1000;
const GPUS = 16;
const MIG_DEVICES = 7;
const SUPPORTED_CLOCKS = 40;
const LEAST_BYTES_PER_SECOND = 20e6;
/** Written and forgotten by so many, to need little memory. */
const BATCH = 50;

function documentOf(number: number): string {
  const gpus = Array.from({ length: GPUS }, (_, index) => {
    const seed = number * GPUS + index;
    const mig = { current: true, pending: true };
    return sampleGpu(seed, { mig, migDevices: sampleMigDevices(MIG_DEVICES, seed) });
  });
  return sampleLogXml(sampleLog(gpus), { ...USUAL_STYLE, supportedClocks: SUPPORTED_CLOCKS });
}

/** Parses each document once; the bytes, the seconds, and the MIG devices that were read. */
function parseAll(): { bytes: number; seconds: number; migDevices: number } {
  const total = { bytes: 0, seconds: 0, migDevices: 0 };
  for (let first = 0; first < DOCUMENTS; first += BATCH) {
    const texts = Array.from({ length: BATCH }, (_, index) => documentOf(first + index));
    const encoder = new TextEncoder();
    total.bytes += texts.reduce((sum, text) => sum + encoder.encode(text).length, 0);
    const start = performance.now();
    for (const text of texts) {
      for (const gpu of parseNvidiaSmiLog(text).gpus) total.migDevices += gpu.migDevices.length;
    }
    total.seconds += (performance.now() - start) / 1000;
  }
  return total;
}

function main(): number {
  const { bytes, seconds, migDevices } = parseAll();
  const speed = bytes / seconds;
  const megabytes = (bytes / 1e6).toFixed(0);
  console.log(
    `nvidia-smi logs: ${DOCUMENTS} documents, ${megabytes} MB, ${(speed / 1e6).toFixed(1)} MB/s`,
  );
  const read = migDevices === DOCUMENTS * GPUS * MIG_DEVICES;
  return read && speed >= LEAST_BYTES_PER_SECOND ? 0 : 1;
}

if (import.meta.main) Deno.exit(main());
