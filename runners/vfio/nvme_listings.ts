/**
 * What nvme-cli lists as JSON about namespaces, controllers and their resources, read strictly: a
 * listing that is not understood is null, never an empty list, because a namespace that nobody seems
 * to have is given away. The spellings are those that nvme-cli 2.3 prints.
 *
 * @module
 */
import { isObject } from "../json_values.ts";

/** A controller that belongs to a virtual function. */
export interface SecondaryController {
  readonly controllerId: number;
  /** The virtual function's number, from 1; 0 where the device assigns it none. */
  readonly functionNumber: number;
  readonly online: boolean;
  readonly queues: number;
  readonly interrupts: number;
}

/** Queues or interrupts that can be given to secondary controllers. */
export interface FlexibleResource {
  /** False where every controller has its own, and none can be moved. */
  readonly flexible: boolean;
  /** Assigned to no controller. */
  readonly free: number;
  /** At most so many for one secondary controller. */
  readonly most: number;
}

/** What a primary controller can share out. */
export interface FlexibleResources {
  readonly queues: FlexibleResource;
  readonly interrupts: FlexibleResource;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads `nvme list-ns --all -o json`. */
export function parseNamespaceIds(json: string): number[] | null {
  return everyOf(listOf(json, "nsid_list"), (item) => numberOf(item, "nsid", 2 ** 32 - 2));
}

/** Reads `nvme list-ctrl [-n NSID] -o json`; the count beside the list must agree with it. */
export function parseControllerIds(json: string): number[] | null {
  const ids = everyOf(listOf(json, "ctrl_list"), (item) => numberOf(item, "ctrl_id"));
  const count = fieldsOf(json)?.["num_ctrl"];
  return count === undefined || count === ids?.length ? ids : null;
}

/** Reads `nvme list-secondary -o json`. */
export function parseSecondaryControllers(json: string): SecondaryController[] | null {
  return everyOf(listOf(json, "secondary-controllers"), secondaryController);
}

/** Reads `nvme primary-ctrl-caps -o json`; CRT says which resources are flexible. */
export function parseFlexibleResources(json: string): FlexibleResources | null {
  const fields = fieldsOf(json);
  const types = fields === null ? null : numberOf(fields, "crt", 255);
  if (fields === null || types === null) return null;
  const queues = flexibleResource(fields, "vq", (types & 1) !== 0);
  const interrupts = flexibleResource(fields, "vi", (types & 2) !== 0);
  return queues === null || interrupts === null ? null : { queues, interrupts };
}

function secondaryController(item: Fields): SecondaryController | null {
  const controllerId = numberOf(item, "secondary-controller-identifier");
  const functionNumber = numberOf(item, "virtual-function-number");
  const state = numberOf(item, "secondary-controller-state", 1);
  const queues = numberOf(item, "num-virtual-queues");
  const interrupts = numberOf(item, "num-virtual-interrupts");
  if (controllerId === null || functionNumber === null || state === null) return null;
  if (queues === null || interrupts === null) return null;
  return { controllerId, functionNumber, online: state === 1, queues, interrupts };
}

function flexibleResource(
  fields: Fields,
  kind: "vq" | "vi",
  flexible: boolean,
): FlexibleResource | null {
  const [total, assigned, primary, most] = [
    numberOf(fields, `${kind}frt`, 2 ** 32 - 1),
    numberOf(fields, `${kind}rfa`, 2 ** 32 - 1),
    numberOf(fields, `${kind}rfap`),
    numberOf(fields, `${kind}frsm`),
  ];
  if (total === null || assigned === null || primary === null || most === null) return null;
  return { flexible, free: Math.max(0, total - assigned - primary), most };
}

/** Null as soon as one item is not understood. */
function everyOf<T>(items: Fields[] | null, read: (item: Fields) => T | null): T[] | null {
  const values = items?.map(read).filter((value) => value !== null) ?? [];
  return items !== null && values.length === items.length ? values : null;
}

function listOf(json: string, name: string): Fields[] | null {
  const list = fieldsOf(json)?.[name];
  return Array.isArray(list) && list.every(isObject) ? list.map((item) => ({ ...item })) : null;
}

function fieldsOf(json: string): Fields | null {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** A whole number of 16 bits, unless `largest` says otherwise. */
function numberOf(fields: Fields, name: string, largest = 65535): number | null {
  const value = fields[name];
  if (!Number.isInteger(value)) return null;
  return Number(value) >= 0 && Number(value) <= largest ? Number(value) : null;
}
