export * from '@holdfast/oauth';
