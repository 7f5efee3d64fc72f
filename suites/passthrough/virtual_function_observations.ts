/**
 * What virtual functions in guests show, each with its controls.
 *
 * @module
 */
import { shorten } from "../../problem.ts";
import type { ObservationName } from "../observations.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import { givenFunction } from "./inside_guest.ts";
import { isRefusedAs } from "./refusals.ts";
import type { Attempt } from "./scene.ts";
import type { FunctionGuest, VirtualFunctions } from "./virtual_functions.ts";

const FEWEST = 2;
/** What the kernel says of more functions than the device offers: ERANGE. */
const TOO_MANY = /sriov_numvfs.*Numerical result out of range/s;

/** Every observation of virtual functions. */
export function virtualFunctionObservations(seen: VirtualFunctions): Observation[] {
  return [offered(seen), shared(seen), isolated(seen)];
}

function offered({ device, guests, before, after, tooMany }: VirtualFunctions): Observation {
  const addresses = guests.map(({ fn }) => fn.address);
  const own = areApart(guests) && !addresses.includes(device.address);
  const given = guests.map(({ inside }) => givenFunction(inside));
  return observed("passthrough/virtual-functions", {
    value: addresses.length >= FEWEST && own,
    seen: `${device.address} offers ${device.totalVfs} virtual functions; made were ` +
      `${addresses.join(", ") || "none"}`,
    controls: [
      positive(
        "each has a controller that its guest drives",
        given.length > 0 && given.every((fn) => Boolean(fn?.serial) && fn?.driver === "nvme"),
        given.map((fn) => `serial ${fn?.serial ?? "none"} by ${fn?.driver ?? "none"}`).join(", "),
      ),
      negative(
        "one function more than it offers can be made",
        TOO_MANY.test(tooMany.refused ?? ""),
        attemptInWords(tooMany),
      ),
      negative(
        "functions are counted before and after",
        before === 0 && after === 0,
        `${before} before, ${after} after`,
      ),
    ],
  });
}

function shared({ device, guests, running, third }: VirtualFunctions): Observation {
  const name = "passthrough/functions-shared";
  if (lacksNamespace(guests)) return lackingNamespaces(name, device.address);
  const kernels = new Set(guests.map(({ inside }) => inside.bootId));
  const atOnce = guests.length >= FEWEST && running.length === guests.length &&
    running.every((runs) => runs) && kernels.size === guests.length && areApart(guests);
  return observed(name, {
    value: atOnce && guests.every(readsItsOwn),
    seen: `${
      running.filter((runs) => runs).length
    } guests ran and read at once, each with a virtual function ` +
      `of ${device.address}: ${guests.map(guestInWords).join("; ")}`,
    controls: [
      positive(
        "every guest reads, and what one reads is what the host reads of the same namespace",
        guests.some(readsItsOwn) && guests.every(readsAny),
        guests.map(({ digest }) =>
          `the host reads ${digest?.slice(0, 8) ?? "nothing"}`
        ).join(", "),
      ),
      negative(
        "a function that a guest has is given to a third one",
        isRefusedAs("busy", third),
        attemptInWords(third),
      ),
    ],
  });
}

function isolated({ device, guests }: VirtualFunctions): Observation {
  const name = "passthrough/functions-isolated";
  if (lacksNamespace(guests)) return lackingNamespaces(name, device.address);
  const others = guests.flatMap((guest) =>
    guests.filter((other) => other !== guest && reaches(guest, other))
  );
  return observed(name, {
    value: guests.length >= FEWEST && others.length === 0,
    seen: guests.map(guestInWords).join("; "),
    controls: [
      positive(
        "each guest reads its own namespace",
        guests.every(readsItsOwn),
        guests.map(guestInWords).join("; "),
      ),
      ...apartControls(guests),
    ],
  });
}

function lacksNamespace(guests: readonly FunctionGuest[]): boolean {
  return guests.some(({ digest }) => digest === null);
}

function lackingNamespaces(name: ObservationName, address: string): Observation {
  const because = `${address} has fewer than two namespaces that no controller has, so the ` +
    "virtual functions had none to read or to keep apart";
  return lacking(name, because, "iommu");
}

/** Whether nothing can pass for isolation that is none: as many guests, functions and contents. */
function apartControls(guests: readonly FunctionGuest[]): Control[] {
  const digests = guests.map(({ digest }) => digest);
  const hex = digests.map((digest) => digest?.slice(0, 8) ?? "none").join(", ");
  return [
    positive(
      "at least two guests have functions of their own",
      guests.length >= FEWEST && areApart(guests),
      guests.map(({ fn }) => fn.address).join(", ") || "none",
    ),
    negative(
      "the namespaces hold the same, so that one could pass for the other",
      new Set(digests).size === guests.length,
      hex,
    ),
  ];
}

function areApart(guests: readonly FunctionGuest[]): boolean {
  return new Set(guests.map(({ fn }) => fn.address)).size === guests.length;
}

/** One that can read nothing may lack more than a function of its own. */
function readsAny({ inside }: FunctionGuest): boolean {
  return inside.namespaces.some(({ hash }) => hash !== null);
}

function readsItsOwn({ fn, digest, inside }: FunctionGuest): boolean {
  return digest !== null &&
    inside.namespaces.some(({ id, hash }) => id === fn.namespaceId && hash === digest);
}

/** Whether a guest has the other's namespace, by its id or by what it holds. */
function reaches({ inside }: FunctionGuest, { fn, digest }: FunctionGuest): boolean {
  return inside.namespaces.some(({ id, hash }) => id === fn.namespaceId || hash === digest);
}

function guestInWords({ fn, inside }: FunctionGuest): string {
  const seen = inside.namespaces.map(({ id, hash }) =>
    `${id} (${hash?.slice(0, 8) ?? "unreadable"})`
  );
  return `the guest of ${fn.address} sees namespace ${seen.join(", ") || "none"}`;
}

function attemptInWords({ refused }: Attempt): string {
  return refused === null ? "it is" : `refused: ${shorten(refused, 160)}`;
}
