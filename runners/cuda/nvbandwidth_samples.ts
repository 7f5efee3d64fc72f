/**
 * What nvbandwidth prints, as samples for tests: invented devices in its own formats.
 *
 * @module
 */

const HEADINGS = {
  "CUDA Runtime Version": 12080,
  "Driver Version": "570.12.34",
  "GPU Device list": [
    "0: NVIDIA Q200 80GB (00000000:65:00): (gpu-host)",
    "1: NVIDIA Q200 80GB (00000000:66:00): (gpu-host)",
  ],
  "git_version": "v0.8",
  "version": "v0.8",
};

export const PASSED = {
  bandwidth_description: "memcpy CE CPU(row) -> GPU(column) bandwidth (GB/s)",
  bandwidth_matrix: [["55.1234", "54.9"]],
  name: "host_to_device_memcpy_ce",
  status: "Passed",
  sum: 110.0234,
};

/**
 * A document with these test cases, and with other fields beside them. The empty list beside it all
 * is nvbandwidth's own, in every document with a failed case.
 */
export function nvbandwidthJson(
  testcases: unknown,
  others: Readonly<Record<string, unknown>> = {},
): string {
  return `${
    JSON.stringify(
      { nvbandwidth: { ...HEADINGS, testcases, ...others }, testcases: null },
      null,
      "\t",
    )
  }\n\n`;
}

/** The text of version 0.8; `body` are its test cases. */
export function nvbandwidthText(body: string, version = "v0.8"): string {
  return `nvbandwidth Version: ${version}
Built from Git version: ${version}

CUDA Runtime Version: 12080
CUDA Driver Version: 12080
Driver Version: 570.12.34

gpu-host
Device 0: NVIDIA Q200 80GB (00000000:65:00)
Device 1: NVIDIA Q200 80GB (00000000:66:00)

${body}NOTE: The reported results may not reflect the full capabilities of the platform.
Performance can vary with software drivers, hardware clocks, and system topology.

`;
}

export const TEXT_CASE = `Running host_to_device_memcpy_ce.
memcpy CE CPU(row) -> GPU(column) bandwidth (GB/s)
           0         1
 0     55.12     54.90

SUM host_to_device_memcpy_ce 110.02

`;

/** Both directions and their total, as the copies between two GPUs print them. */
export const TEXT_BIDIRECTIONAL = ["Read1", "Read2", "Total"].map((part, i) =>
  `memcpy CE GPU(row) <-> GPU(column) ${part} bandwidth (GB/s)
           0         1
 0       N/A    ${100 * (i + 1)}.00
 1    ${100 * (i + 1)}.50       N/A

SUM device_to_device_bidirectional_memcpy_read_ce ${200 * (i + 1)}.50

`
).join("").replace(/^/, "Running device_to_device_bidirectional_memcpy_read_ce.\n");
