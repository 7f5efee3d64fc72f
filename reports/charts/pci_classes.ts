/**
 * The classes of PCI functions in words, from the PCI Code and ID Assignment Specification.
 *
 * @module
 */

/** By base class. */
const BASE_CLASSES: Readonly<Record<string, string>> = {
  "00": "of no class",
  "01": "storage controller",
  "02": "network controller",
  "03": "display controller",
  "04": "multimedia device",
  "05": "memory controller",
  "06": "bridge",
  "07": "communication controller",
  "08": "system peripheral",
  "09": "input device",
  "0a": "docking station",
  "0b": "processor",
  "0c": "serial bus controller",
  "0d": "wireless controller",
  "0e": "intelligent IO controller",
  "0f": "satellite controller",
  "10": "encryption controller",
  "11": "signal processing controller",
  "12": "processing accelerator",
  "13": "non-essential instrumentation",
  "40": "co-processor",
  "ff": "of no class that is defined",
};

/** Those that are better known by base class and subclass. */
const SUBCLASSES: Readonly<Record<string, string>> = {
  "0101": "IDE controller",
  "0104": "RAID controller",
  "0106": "SATA controller",
  "0107": "SAS controller",
  "0108": "NVMe controller",
  "0200": "Ethernet controller",
  "0207": "InfiniBand controller",
  "0300": "VGA controller",
  "0302": "3D controller",
  "0403": "audio device",
  "0600": "host bridge",
  "0601": "ISA bridge",
  "0604": "PCI bridge or port",
  "0c03": "USB controller",
  "0c05": "SMBus controller",
};

/** A class code, six hexadecimal digits, in words: `"NVMe controller"`. */
export function pciClassInWords(classCode: string | null): string {
  if (classCode === null) return "of unknown class";
  const digits = classCode.toLowerCase();
  return look(SUBCLASSES, digits.slice(0, 4)) ?? look(BASE_CLASSES, digits.slice(0, 2)) ??
    `of class ${classCode}`;
}

function look(words: Readonly<Record<string, string>>, code: string): string | null {
  return Object.hasOwn(words, code) ? words[code] ?? null : null;
}
