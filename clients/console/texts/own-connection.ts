/** What is said about a person's own account at a server. */
export const texts = {
  title: 'Your account there',
  lead: (name: string) => `Everybody uses ${name} with an account of their own. Sluice keeps it sealed and adds it to your calls.`,
  none: 'Not connected',
  disconnect: 'Disconnect',
  disconnectTitle: (name: string) => `Disconnect your account at ${name}?`,
  disconnectText:
    'Your calls to it will be refused until you connect again. What the server gave out is revoked there too, where it offers that.',
  connected: 'Connected.',
  disconnected: 'Disconnected.',
  denied: 'You did not allow it there, so nothing was connected.',
  failed: 'The server did not give out a credential. Try again in a moment.',
} as const;
