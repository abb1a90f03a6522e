/** What the models of a disk need of the life that they serve. */
export interface DiskHost {
  /** Counts a call of a port; false: the life is over, and the call has no effect. */
  call(): boolean;
  /** Virtual microseconds that this sync takes. */
  syncDelayUs(): number;
  later(delayUs: number, run: () => void): void;
  full(): boolean;
  /** @throws DiskError if the disk fails just now: what was not synced is gone, whatever later syncs answer. */
  failing(): void;
}

/** A promise as far as `then` goes, settled by the kernel at its moment and not by the platform at some later one. */
export function answerLater<T>(
  begin: (answer: (value: T) => void, refuse: (error: unknown) => void) => void,
): Promise<T> {
  let onAnswer: ((value: T) => unknown) | null | undefined;
  let onRefuse: ((error: unknown) => unknown) | null | undefined;
  begin(
    (value) => onAnswer?.(value),
    (error) => onRefuse?.(error),
  );
  const later = {
    // biome-ignore lint/suspicious/noThenProperty: it stands for a promise
    then: (answered?: typeof onAnswer, refused?: typeof onRefuse) => {
      onAnswer = answered;
      onRefuse = refused;
      return later;
    },
  };
  return later as unknown as Promise<T>;
}
