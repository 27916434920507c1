export { signIn as GET } from '@holdfast/example-next-session/routes';
