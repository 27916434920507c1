export { resilientSocket } from './resilient-socket.ts';
export type { SocketOptions } from './resilient-socket.ts';
