/** The channel on which PostgreSQL tells every control plane of each audit event. */
export const AUDIT_CHANNEL = 'sluice_audit';
