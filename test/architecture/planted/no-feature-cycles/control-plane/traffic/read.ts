export const read = () => undefined;
