/*
 * Has an NVMe controller write into memory by DMA, where its IOMMU allows it and where it does not.
 *
 *   vfio_nvme DOMAIN:BUS:DEVICE.FUNCTION
 *
 * The function must be bound to vfio-pci, and nobody may be using it. What the controller writes is
 * its Identify data, into one page of this process, whose physical address is found out first:
 *
 *   granted    at an address that VFIO maps to the page
 *   allowed    at the page's physical address, while VFIO maps that to the page, too
 *   forbidden  at the page's physical address, which nothing maps any more
 *   after      as granted, to tell a refused address from a dead controller
 *
 * An IOMMU that remaps refuses the forbidden write. Where it does not, it ends in the same page,
 * which stays pinned: no other memory is written to. No command but Identify is sent, so what the
 * device stores is neither read nor written. Prints these lines and no others:
 *
 *   iommu type1v2
 *   iova 0xIOVA physical 0xADDRESS
 *   granted changed BYTES status STATUS
 *   serial TEXT
 *   model TEXT
 *   allowed, forbidden, after: as granted
 *
 * STATUS is 256 * status code type + status code, 0 for success, or `timeout`. It tells nothing of
 * a refused write: writes are posted, so a controller need not notice. The exit status is 1 where a
 * step fails, with a line on standard error, and 2 for wrong arguments.
 *
 * Sources: NVM Express Base Specification 2.0; the kernel's vfio.rst, vfio.h and pagemap.rst.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { CAP = 0x00, CC = 0x14, CSTS = 0x1c, AQA = 0x24, ASQ = 0x28, ACQ = 0x30, DOORBELLS = 0x1000 };
enum { READY = 1, FATAL = 2, ENABLE = 1, NVME_CLASS = 0x010802 };
enum { IDENTIFY = 0x06, IDENTIFY_CONTROLLER = 1, QUEUE_ENTRIES = 2 };
enum { PATTERN = 0xa5, TIMEOUT = -1, ANSWER_MS = 2000, MOST_READY_MS = 30000, SETTLE_MS = 100 };

static const char *address; /* The argument. */
static int container, device;
static off_t registers; /* Where they begin in the device's file. */
static uint32_t capabilities, doorbell_stride;
static uint8_t *target, *submissions, *completions; /* A page each. */
static uint64_t page_bytes, target_iova, queues_iova, physical;

_Noreturn static void fail_because(const char *step, const char *why) {
  fprintf(stderr, "vfio_nvme: %s: %s\n", step, why);
  exit(1);
}

_Noreturn static void fail(const char *step) {
  fail_because(step, strerror(errno));
}

static uint32_t read_register(off_t at) {
  uint32_t value;
  if (pread(device, &value, sizeof value, registers + at) != sizeof value) {
    fail("reading the controller's registers");
  }
  return value;
}

static void write_register(off_t at, uint32_t value) {
  if (pwrite(device, &value, sizeof value, registers + at) != sizeof value) {
    fail("writing the controller's registers");
  }
}

static int group_number(void) {
  char path[96], target_path[256] = "";
  snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/iommu_group", address);
  if (readlink(path, target_path, sizeof target_path - 1) < 0) fail("finding the IOMMU group");
  const char *slash = strrchr(target_path, '/');
  return slash == NULL ? -1 : atoi(slash + 1);
}

/*
 * Puts the group under an IOMMU domain of our own, which maps nothing yet. A group without an IOMMU
 * (VFIO's no-IOMMU mode) has another name below /dev/vfio, and no domain of this type.
 */
static void open_device(void) {
  char path[64];
  struct vfio_group_status status = {.argsz = sizeof status};
  snprintf(path, sizeof path, "/dev/vfio/%d", group_number());
  container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
  if (container < 0) fail("opening /dev/vfio/vfio");
  if (ioctl(container, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU) != 1) {
    fail_because("asking for an IOMMU of type 1v2", "VFIO has none; load vfio_iommu_type1");
  }
  int group = open(path, O_RDWR | O_CLOEXEC);
  if (group < 0) fail("opening the IOMMU group of the function");
  if (ioctl(group, VFIO_GROUP_GET_STATUS, &status) != 0) fail("asking for the group's state");
  if ((status.flags & VFIO_GROUP_FLAGS_VIABLE) == 0) {
    fail_because("taking the group", "a function of it has a driver of the host");
  }
  if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) != 0) fail("taking the group");
  if (ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) != 0) fail("setting up the IOMMU");
  device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, address);
  if (device < 0) fail("opening the function");
  printf("iommu type1v2\n");
}

static off_t find_region(uint32_t index) {
  struct vfio_region_info region = {.argsz = sizeof region, .index = index};
  if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &region) != 0) fail("finding the registers");
  return (off_t)region.offset;
}

/*
 * Looks at what the function is, and lets it answer and use DMA: nothing is mapped yet. It must not
 * interrupt, because nobody would tell the line of an interrupt to be quiet.
 */
static void find_controller(void) {
  uint32_t class_and_revision = 0;
  uint16_t command = 0;
  off_t config = find_region(VFIO_PCI_CONFIG_REGION_INDEX);
  registers = find_region(VFIO_PCI_BAR0_REGION_INDEX);
  if (pread(device, &class_and_revision, 4, config + PCI_CLASS_REVISION) != 4 ||
      pread(device, &command, 2, config + PCI_COMMAND) != 2) {
    fail("reading the function's class");
  }
  if (class_and_revision >> 8 != NVME_CLASS) {
    fail_because("reading the function's class", "it is no NVMe controller");
  }
  command |= PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE;
  if (pwrite(device, &command, 2, config + PCI_COMMAND) != 2) fail("letting it use DMA");
  capabilities = read_register(CAP);
  uint32_t high = read_register(CAP + 4);
  if (capabilities == 0 || capabilities == UINT32_MAX) {
    fail_because("reading the controller's capabilities", "it is offline or does not answer");
  }
  if ((high >> 16 & 15) != 0) fail_because("setting up the controller", "no pages of 4 KiB");
  doorbell_stride = 4u << (high & 15);
}

/* Waits for CSTS.RDY as long as the controller asks for (in units of 500 ms), within bounds. */
static int becomes(uint32_t ready) {
  int most_ms = 500 * ((int)(capabilities >> 24) + 1);
  for (int ms = 0; ms < most_ms && ms < MOST_READY_MS; ms += 2) {
    uint32_t status = read_register(CSTS);
    if ((status & READY) == ready) return 1;
    if (ready != 0 && (status & FATAL) != 0) return 0;
    usleep(2000);
  }
  return 0;
}

/* Turns the controller off; afterwards it writes nothing any more. */
static void disable_controller(void) {
  write_register(CC, 0);
  if (becomes(0)) return;
  if (ioctl(device, VFIO_DEVICE_RESET) != 0) fail("resetting a controller that does not stop");
  if (!becomes(0)) fail_because("stopping the controller", "it stays on after a reset");
}

static int enable_controller(void) {
  memset(submissions, 0, page_bytes);
  memset(completions, 0, page_bytes);
  write_register(AQA, (QUEUE_ENTRIES - 1) << 16 | (QUEUE_ENTRIES - 1));
  write_register(ASQ, (uint32_t)queues_iova);
  write_register(ASQ + 4, (uint32_t)(queues_iova >> 32));
  write_register(ACQ, (uint32_t)(queues_iova + page_bytes));
  write_register(ACQ + 4, (uint32_t)((queues_iova + page_bytes) >> 32));
  write_register(CC, 4u << 20 | 6u << 16 | ENABLE); /* Entries of 16 and 64 bytes, 4 KiB pages. */
  return becomes(READY);
}

/* Sends Identify with a data pointer. Its status, or TIMEOUT. */
static int identify(uint64_t data_pointer) {
  uint32_t command[16] = {IDENTIFY | 1u << 16};
  const volatile uint32_t *completion = (const volatile uint32_t *)completions;
  command[6] = (uint32_t)data_pointer;
  command[7] = (uint32_t)(data_pointer >> 32);
  command[10] = IDENTIFY_CONTROLLER;
  memcpy(submissions, command, sizeof command);
  __sync_synchronize();
  write_register(DOORBELLS, 1);
  for (int ms = 0; ms < ANSWER_MS; ms += 2) {
    uint32_t word = completion[3];
    if ((word & 1u << 16) != 0) { /* The phase: 0 until this completion is there. */
      write_register(DOORBELLS + doorbell_stride, 1);
      return (int)(word >> 17 & 0x7ff);
    }
    usleep(2000);
  }
  return TIMEOUT;
}

/* One attempt, told when the controller is off and nothing can arrive any more. */
static int try_write(const char *name, uint64_t data_pointer) {
  int changed = 0, status = TIMEOUT;
  memset(target, PATTERN, page_bytes);
  if (enable_controller()) status = identify(data_pointer);
  usleep(SETTLE_MS * 1000); /* Also for the kernel to log a fault. */
  disable_controller();
  for (uint64_t i = 0; i < page_bytes; i++) changed += ((volatile uint8_t *)target)[i] != PATTERN;
  printf("%s changed %d status ", name, changed);
  printf(status == TIMEOUT ? "timeout\n" : "%d\n", status);
  return status;
}

static void map(void *memory, uint64_t iova, size_t size) {
  const uint32_t flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE;
  struct vfio_iommu_type1_dma_map request = {sizeof request, flags, (uintptr_t)memory, iova, size};
  if (ioctl(container, VFIO_IOMMU_MAP_DMA, &request) != 0) fail("mapping memory for DMA");
}

static void unmap(uint64_t iova, size_t size) {
  struct vfio_iommu_type1_dma_unmap request = {.argsz = sizeof request, .iova = iova, .size = size};
  int result = ioctl(container, VFIO_IOMMU_UNMAP_DMA, &request);
  if (result != 0 || request.size != size) fail("unmapping memory");
}

/* Whether VFIO can map all of these addresses: inside the aperture, outside what is reserved. */
static int is_mappable(uint64_t first, uint64_t size) {
  static union {
    struct vfio_iommu_type1_info info;
    uint8_t bytes[16384];
  } answer;
  memset(&answer, 0, sizeof answer);
  answer.info.argsz = sizeof answer;
  if (ioctl(container, VFIO_IOMMU_GET_INFO, &answer.info) != 0) fail("asking for its ranges");
  uint32_t at = answer.info.flags & VFIO_IOMMU_INFO_CAPS ? answer.info.cap_offset : 0;
  while (at != 0 && at + 4096 < sizeof answer) {
    const struct vfio_iommu_type1_info_cap_iova_range *cap = (const void *)(answer.bytes + at);
    at = cap->header.next;
    if (cap->header.id != VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE) continue;
    for (uint32_t i = 0; i < cap->nr_iovas && i < 128; i++) {
      uint64_t start = cap->iova_ranges[i].start, end = cap->iova_ranges[i].end;
      if (start <= first && first + size - 1 <= end) return 1;
    }
  }
  return 0;
}

static uint64_t physical_address(const void *memory) {
  uint64_t entry = 0;
  off_t at = (off_t)((uintptr_t)memory / page_bytes * sizeof entry);
  int file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (file < 0) fail("opening /proc/self/pagemap");
  if (pread(file, &entry, sizeof entry, at) != sizeof entry) fail("reading /proc/self/pagemap");
  close(file);
  uint64_t frame = entry & ((1ull << 55) - 1);
  if (entry >> 63 == 0 || frame == 0) {
    fail_because("finding a physical address", "the kernel does not tell it; it needs root");
  }
  return frame * page_bytes;
}

/* Addresses that can be mapped and are far from one, in steps of 256 MiB. */
static uint64_t choose_iova(uint64_t from, uint64_t size, uint64_t other) {
  const uint64_t step = 1u << 28;
  for (uint64_t iova = from; iova < from + 64 * step; iova += step) {
    int apart = other + size <= iova || iova + size <= other;
    if (apart && is_mappable(iova, size)) return iova;
  }
  fail_because("choosing addresses for DMA", "no range of the IOMMU is free");
}

/* Pinning may move a page, so its physical address is asked for afterwards, when it stays. */
static void lay_out_memory(void) {
  page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
  uint8_t *memory = aligned_alloc(page_bytes, 3 * page_bytes);
  if (memory == NULL) fail("taking memory");
  memset(memory, PATTERN, 3 * page_bytes);
  submissions = memory;
  completions = memory + page_bytes;
  target = memory + 2 * page_bytes;
  const uint64_t far = 1ull << 28, size = 2 * page_bytes;
  target_iova = choose_iova(far, size, physical_address(target));
  map(target, target_iova, page_bytes);
  physical = physical_address(target);
  if (physical / page_bytes == target_iova / page_bytes || !is_mappable(physical, page_bytes)) {
    fail_because("choosing a page", "its physical address cannot be mapped; try again");
  }
  queues_iova = choose_iova(target_iova + far, size, physical);
  map(submissions, queues_iova, size);
  printf("iova 0x%" PRIx64 " physical 0x%" PRIx64 "\n", target_iova, physical);
}

static void print_text(const char *name, size_t from, size_t length) {
  while (length > 0 && target[from + length - 1] == ' ') length--;
  printf("%s ", name);
  for (size_t i = from; i < from + length; i++) {
    putchar(target[i] < ' ' || target[i] > '~' ? '?' : target[i]);
  }
  putchar('\n');
}

static void run_trial(void) {
  if (try_write("granted", target_iova) != 0) {
    fail_because("having the controller identify itself", "it refused or did not answer");
  }
  print_text("serial", 4, 20);
  print_text("model", 24, 40);
  map(target, physical, page_bytes);
  try_write("allowed", physical);
  unmap(physical, page_bytes);
  if (physical_address(target) != physical) fail_because("keeping a page", "it was moved");
  try_write("forbidden", physical);
  try_write("after", target_iova);
}

int main(int argc, char **argv) {
  if (argc != 2 || strlen(argv[1]) > 16 || argv[1][strspn(argv[1], "0123456789abcdef:.")] != 0) {
    fputs("usage: vfio_nvme DOMAIN:BUS:DEVICE.FUNCTION\n", stderr);
    return 2;
  }
  address = argv[1];
  open_device();
  find_controller();
  disable_controller();
  lay_out_memory();
  run_trial();
  /* EINVAL: it cannot be reset. The kernel ends its DMA and unmaps all when its file is closed. */
  if (ioctl(device, VFIO_DEVICE_RESET) != 0 && errno != EINVAL) fail("resetting the function");
  return 0;
}
