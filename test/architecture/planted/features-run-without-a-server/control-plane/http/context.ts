export const openContext = () => ({});
