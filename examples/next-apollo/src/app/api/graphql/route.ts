export { graphql as POST } from '@holdfast/example-next-session/routes';
