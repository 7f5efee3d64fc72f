/**
 * Where the texts of events stand above a chart over time, so that none covers another.
 *
 * @module
 */

/** Something that happened at a time. */
export interface Event {
  /** ISO 8601. */
  readonly time: string;
  readonly text: string;
  readonly color: string;
}

/** An event whose time could be read, in milliseconds since 1970. */
export type ReadEvent = Omit<Event, "time"> & { readonly time: number };

/** An event and where its text stands. */
export interface PlacedEvent extends ReadEvent {
  /** What stands above the plot: the text, or nothing where there is no room. */
  readonly label: string;
  /** 0 just above the plot, then upwards. */
  readonly lane: number;
  /** The text's end at which the event is. */
  readonly align: "left" | "right";
}

/** Pixels of a letter, estimated, and between two texts. */
const LETTER = 6.8;
const GAP = 10;
const MOST_LANES = 6;

/** The events whose time can be read, in their order. */
export function readEvents(events: readonly Event[]): ReadEvent[] {
  return events.map((event) => ({ ...event, time: Date.parse(event.time) }))
    .filter(({ time }) => Number.isFinite(time))
    .toSorted((one, other) => one.time - other.time);
}

/**
 * Places events on an axis from one time to another that is `width` pixels wide. Those that find no room
 * in six lanes keep their rule and lose their label; the rule's tooltip still has the text.
 */
export function eventLanes(
  events: readonly ReadEvent[],
  times: readonly [number, number] | null,
  width: number,
): PlacedEvent[] {
  const [first, last] = times ?? [0, 1];
  const ends = Array.from({ length: MOST_LANES }, () => -Infinity);
  return events.map((event) => {
    const at = (event.time - first) * width / (last - first);
    const length = event.text.length * LETTER;
    const align = at + length > width ? "right" : "left";
    const start = align === "left" ? at : at - length;
    const free = ends.findIndex((end) => end <= start);
    if (free < 0) return { ...event, label: "", lane: 0, align };
    ends[free] = start + length + GAP;
    return { ...event, label: event.text, lane: free, align };
  });
}
