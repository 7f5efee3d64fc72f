/**
 * What a module may import from Wasmtime: WASI's functions, and others that it might be given, as
 * data; each is tried by a module that imports it and does nothing else.
 *
 * @module
 */

/**
 * WASI preview 1 (wasi_snapshot_preview1.witx): each function with its parameters, i32 ("i") and
 * i64 ("I"); each but `proc_exit` gives an i32.
 */
const PREVIEW1: Readonly<Record<string, string>> = {
  args_get: "ii",
  args_sizes_get: "ii",
  environ_get: "ii",
  environ_sizes_get: "ii",
  clock_res_get: "ii",
  clock_time_get: "iIi",
  fd_advise: "iIIi",
  fd_allocate: "iII",
  fd_close: "i",
  fd_datasync: "i",
  fd_fdstat_get: "ii",
  fd_fdstat_set_flags: "ii",
  fd_fdstat_set_rights: "iII",
  fd_filestat_get: "ii",
  fd_filestat_set_size: "iI",
  fd_filestat_set_times: "iIIi",
  fd_pread: "iiiIi",
  fd_prestat_get: "ii",
  fd_prestat_dir_name: "iii",
  fd_pwrite: "iiiIi",
  fd_read: "iiii",
  fd_readdir: "iiiIi",
  fd_renumber: "ii",
  fd_seek: "iIii",
  fd_sync: "i",
  fd_tell: "ii",
  fd_write: "iiii",
  path_create_directory: "iii",
  path_filestat_get: "iiiii",
  path_filestat_set_times: "iiiiIIi",
  path_link: "iiiiiii",
  path_open: "iiiiiIIii",
  path_readlink: "iiiiii",
  path_remove_directory: "iii",
  path_rename: "iiiiii",
  path_symlink: "iiiii",
  path_unlink_file: "iii",
  poll_oneoff: "iiii",
  proc_exit: "i",
  proc_raise: "i",
  sched_yield: "",
  random_get: "ii",
  sock_accept: "iii",
  sock_recv: "iiiiii",
  sock_send: "iiiii",
  sock_shutdown: "ii",
};
/** Came after preview 0, which has all the others. */
const NOT_IN_PREVIEW0 = "sock_accept";

/** What an import is for: those of WASI must be there, every other is probed for. */
export type ImportGroup = "wasi" | "device control" | "gpu" | "socket" | "process" | "other";

/** One thing that a module can ask for. */
export interface Import {
  readonly group: ImportGroup;
  /** `core` modules name a module and a field, `component`s an interface and a function. */
  readonly format: "core" | "component";
  /** Such as "wasi_snapshot_preview1", or "wasi:webgpu/webgpu@0.0.1". */
  readonly module: string;
  readonly field: string;
  /** WAT of its type, "(func (param i32))"; for a component, what the interface exports. */
  readonly type: string;
}

/** WASI preview 1 and preview 0, which `wasmtime run` provides under these two names. */
export const WASI_IMPORTS: readonly Import[] = [
  ...wasiImports("wasi_snapshot_preview1", Object.keys(PREVIEW1)),
  ...wasiImports("wasi_unstable", Object.keys(PREVIEW1).filter((name) => name !== NOT_IN_PREVIEW0)),
];

/** Names under which something beyond WASI could be offered: other runtimes' and proposals'. */
const BEYOND: Readonly<Record<Exclude<ImportGroup, "wasi">, Readonly<Record<string, string>>>> = {
  "device control": {
    env: "ioctl __syscall_ioctl mknod iopl",
    wasi_snapshot_preview1: "fd_ioctl ioctl device_ioctl fd_fcntl",
    wasi_unstable: "fd_ioctl",
    wasix_32v1: "fd_fdflags_set tty_set",
    wali: "SYS_ioctl",
  },
  gpu: {
    webgpu: "requestAdapter wgpuCreateInstance",
    "wasi:webgpu/webgpu": "get-gpu",
    wasi_webgpu: "get_gpu",
    env: "wgpuCreateInstance cuInit cudaMalloc clGetPlatformIDs vkCreateInstance glCreateShader",
    cuda: "cuInit cudaMalloc",
    opencl: "clGetPlatformIDs",
    vulkan: "vkCreateInstance",
    wasi_ephemeral_nn: "load",
    wasi_nn: "load",
  },
  socket: {
    wasi_snapshot_preview1: "sock_open sock_connect sock_bind sock_listen sock_send_to",
    wasix_32v1: "sock_open",
    env: "socket connect",
  },
  process: {
    wasi_snapshot_preview1: "proc_fork proc_exec thread_spawn",
    wasi: "thread-spawn",
    wasix_32v1: "proc_exec",
    env: "fork system __syscall_execve dlopen",
    wali: "SYS_execve",
  },
  other: {
    "": "f",
    host: "call",
    env: "syscall mmap abort emscripten_run_script",
    gojs: "runtime.wasmExit",
    js: "eval",
    wasi_snapshot_preview2: "path_open",
    wasi_snapshot_preview1: "openat mount ptrace",
    wasmtime: "call",
    kernel: "syscall",
  },
};

/** Interfaces that are proposed for WASI, as a component asks for them: what it needs of each. */
const BEYOND_AS_COMPONENT: readonly (readonly [ImportGroup, string, string, string])[] = [
  [
    "gpu",
    "wasi:webgpu/webgpu@0.0.1",
    "get-gpu",
    '(export "gpu" (type $gpu (sub resource))) (export "get-gpu" (func (result (own $gpu))))',
  ],
  ["gpu", "wasi:graphics-context/graphics-context@0.0.1", "context", resource("context")],
  ["gpu", "wasi:nn/tensor@0.2.0-rc-2024-10-28", "tensor", resource("tensor")],
  ["device control", "wasi:i2c/i2c@0.2.0-draft", "i2c", resource("i2c")],
];

/** What is probed for beyond WASI. */
export const BEYOND_WASI: readonly Import[] = [
  ...Object.entries(BEYOND).flatMap(([group, modules]) =>
    Object.entries(modules).flatMap(([module, fields]) =>
      fields.split(" ").map((field) => coreImport(group as ImportGroup, module, field))
    )
  ),
  { ...coreImport("other", "env", "memory"), type: "(memory 1)" },
  { ...coreImport("other", "env", "table"), type: "(table 1 funcref)" },
  { ...coreImport("other", "env", "global"), type: "(global i32)" },
  ...BEYOND_AS_COMPONENT.map(([group, module, field, type]): Import => ({
    group,
    format: "component",
    module,
    field,
    type,
  })),
];

/** Of WASI 0.2: a component can import it where components run at all. */
export const POLL_OF_COMPONENTS: Import = {
  group: "wasi",
  format: "component",
  module: "wasi:io/poll@0.2.0",
  field: "pollable",
  type: resource("pollable"),
};

/** Something that surely nobody provides. */
export const NOWHERE: Import = coreImport("other", "cellproof_nowhere", "no_such_function");

/** How an import is written: "env::ioctl". */
export function importName({ module, field }: Import): string {
  return `${module}::${field}`;
}

/** A module that imports all of these, which must be of one format, and does nothing. */
export function importingModule(imports: readonly Import[]): string {
  const wat = imports.map(importClause).join("\n  ");
  const isComponent = imports[0]?.format === "component";
  return isComponent ? `(component\n  ${wat}\n${RUNS_NOTHING})\n` : `(module
  ${wat}
  (func (export "_start")))\n`;
}

/** A module that provides these imports of one core module, by functions that only trap. */
export function providingModule(imports: readonly Import[]): string {
  const functions = imports.map(({ field, type }) =>
    `(func (export ${quoted(field)}) ${type.slice("(func".length, -1)} unreachable)`
  );
  return `(module\n  ${functions.join("\n  ")})\n`;
}

/** The one export that a component needs to be run. */
const RUNS_NOTHING = `  (core module $nothing (func (export "run") (result i32) (i32.const 0)))
  (core instance $nothing (instantiate $nothing))
  (func $run (result (result)) (canon lift (core func $nothing "run")))
  (instance $program (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $program))`;

function importClause({ format, module, field, type }: Import): string {
  return format === "component"
    ? `(import ${quoted(module)} (instance ${type}))`
    : `(import ${quoted(module)} ${quoted(field)} ${type})`;
}

/** A function that a core module asks for, of a type that is as good as any. */
export function coreImport(group: ImportGroup, module: string, field: string): Import {
  return { group, format: "core", module, field, type: "(func (param i32) (result i32))" };
}

function resource(name: string): string {
  return `(export ${quoted(name)} (type (sub resource)))`;
}

function wasiImports(module: string, names: readonly string[]): Import[] {
  return names.map((field) => {
    const params = [...PREVIEW1[field] ?? ""].map((type) => type === "i" ? " i32" : " i64").join(
      "",
    );
    const param = params === "" ? "" : ` (param${params})`;
    const result = field === "proc_exit" ? "" : " (result i32)";
    return { group: "wasi", format: "core", module, field, type: `(func${param}${result})` };
  });
}

/** As a WAT string: the names are plain ASCII without quotes. */
function quoted(name: string): string {
  return `"${name}"`;
}
