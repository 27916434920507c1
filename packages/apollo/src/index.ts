export const name: string = 'apollo';
