export const OrganizationEntity = {};
