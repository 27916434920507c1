export const name: string = 'urql';
