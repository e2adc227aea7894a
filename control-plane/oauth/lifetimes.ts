const HOUR = 60 * 60;
const DAY = 24 * HOUR;

/** How long an access token is good, in seconds. What it rests on can end it earlier, with a revision. */
export const ACCESS_TOKEN_SECONDS = HOUR;
/** How long a client may take to redeem a code. */
export const AUTHORIZATION_CODE_SECONDS = 60;
/** How long a person may take from the client's page to the last click. */
export const INTERACTION_SECONDS = HOUR;
/** How long a client stays connected without calling; each refresh begins anew. */
export const REFRESH_TOKEN_SECONDS = 60 * DAY;
/** How long a client stays connected at most until the person is asked again whether it is still them. */
export const GRANT_SECONDS = 365 * DAY;
/** How long a rotated refresh token still works: two requests of a client at once, or an answer that got lost. */
export const ROTATION_GRACE_SECONDS = 45;
