export { signOut as POST } from '@holdfast/example-next-session/routes';
