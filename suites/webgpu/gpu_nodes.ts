/** The nodes that the drivers of GPUs make. */
const GPU_NODE = /^\/dev\/(dri\/(card|renderD)\d+|nvidia(\d+|ctl|-uvm)|kfd|dxg)$/;

/** Those of `paths` that are a GPU's, sorted, each once. */
export function gpuNodesAmong(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.filter((path) => GPU_NODE.test(path)))].sort();
}
