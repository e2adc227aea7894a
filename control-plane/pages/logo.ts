const DRAWING =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0b57b7"/><path d="M7 11h12a4 4 0 0 1 0 8h-6a2 2 0 0 0 0 4h12" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>';

/** What the console has at its top too, `clients/console/icon.svg`, as an address that asks nobody for it. */
export const LOGO_URL = `data:image/svg+xml,${encodeURIComponent(DRAWING)}`;
