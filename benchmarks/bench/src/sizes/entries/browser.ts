export * from '@holdfast/core/browser';
