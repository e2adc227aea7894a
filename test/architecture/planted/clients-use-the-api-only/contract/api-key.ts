export const prefix = 'slc_';
