/**
 * Notes of a run that others look for.
 *
 * @module
 */

/** Stands among the notes of a run that Ctrl-C ended; it can be resumed. */
export const INTERRUPTED_NOTE = "The run was interrupted.";
