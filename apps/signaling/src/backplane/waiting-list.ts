/** A place in a {@link WaitingList}; whoever put it in keeps it to take it out again. */
export interface Place<T> {
  readonly value: T;
  /** When the waiting began, in milliseconds. */
  readonly since: number;
  previous: Place<T> | undefined;
  next: Place<T> | undefined;
}

/**
 * Who waits, longest first. Adding at the end, taking out and walking from the
 * front cost the same however long the list is; a place that returns with an
 * old time walks past those who have waited even longer.
 */
export class WaitingList<T> implements Iterable<T> {
  #first: Place<T> | undefined;
  #last: Place<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(value: T, since: number): Place<T> {
    const place: Place<T> = { value, since, previous: undefined, next: undefined };
    this.#size++;
    let after = this.#last;
    if (after && after.since > since) {
      // A returning place is among the oldest, so the way from the front is the short one.
      let before = this.#first;
      while (before && before.since <= since) before = before.next;
      after = before?.previous;
    }
    place.previous = after;
    place.next = after ? after.next : this.#first;
    if (place.next) place.next.previous = place;
    else this.#last = place;
    if (after) after.next = place;
    else this.#first = place;
    return place;
  }

  /** Takes a place out. It must be in this list. */
  remove(place: Place<T>): void {
    this.#size--;
    if (place.previous) place.previous.next = place.next;
    else this.#first = place.next;
    if (place.next) place.next.previous = place.previous;
    else this.#last = place.previous;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let place = this.#first; place; place = place.next) yield place.value;
  }
}
