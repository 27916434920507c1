export const name: string = 'core';
