import { assertEquals } from "@std/assert";
import { hangIn } from "./lab.ts";

const BOOTED = `[    5.664061] shpchp 0000:04:00.0: pci_hp_register failed with error -16
[   73.278140] kvm [384]: vcpu0, guest rIP: 0xffffffff8107e744 Unhandled WRMSR(0xc0010007) = 0xffff
`;

const HANGS: readonly string[] = [
  "[  148.052026] watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [qemu-system-x86:1523]",
  "[   24.713693] rcu: INFO: rcu_sched detected stalls on CPUs/tasks:",
  "[   60.123456] rcu: INFO: rcu_sched self-detected stall on CPU",
  "[   60.123456] INFO: rcu_sched self-detected stall on CPU { 0}  (t=5250 jiffies g=12 c=11 q=4)",
];

Deno.test("hangIn() finds no hang in what a lab says that goes on", () => {
  assertEquals(hangIn(BOOTED), null);
  assertEquals(hangIn(""), null);
});

for (const line of HANGS) {
  Deno.test(`hangIn() gives the line ${line.slice(15)}`, () => {
    assertEquals(hangIn(`${BOOTED}${line}\r\n[  160.000001] Modules linked in: kvm_amd\n`), line);
  });
}
