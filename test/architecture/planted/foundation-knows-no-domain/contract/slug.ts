export const slugPattern = /^[a-z]+$/;
