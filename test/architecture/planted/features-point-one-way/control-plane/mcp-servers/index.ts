export const listServers = () => [];
