/** How an application's attempt to register ended: it is stored, what it sent was refused, too many registered at once, or a fault of ours. */
export type RegistrationOutcome = 'registered' | 'refused' | 'limited' | 'failed';

/** Attempts since the process started. Anybody may make some, so most are counted and not written down. */
export type RegistrationCounts = Record<RegistrationOutcome, number>;

export function noRegistrations(): RegistrationCounts {
  return { registered: 0, refused: 0, limited: 0, failed: 0 };
}

/** What an answer says. */
export function toRegistrationOutcome(status: number): RegistrationOutcome {
  if (status === 429) return 'limited';
  if (status >= 500) return 'failed';
  return status === 201 ? 'registered' : 'refused';
}
