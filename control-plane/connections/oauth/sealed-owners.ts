/** The owner under which the tokens of a connection, and the client they were issued to, are sealed. */
export function connectionTokensOwner(connectionId: string): string {
  return `connection:${connectionId}:tokens`;
}

/** The owner under which a registration is sealed. */
export function registrationOwner(id: string): string {
  return `upstream-registration:${id}`;
}

/** The owner under which an authorization under way is sealed. */
export function authorizationOwner(stateHash: string): string {
  return `upstream-authorization:${stateHash}`;
}
