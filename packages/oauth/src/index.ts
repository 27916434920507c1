export const name: string = 'oauth';
