export const allowAll = () => true;
