export { callback as GET } from '@holdfast/example-next-session/routes';
