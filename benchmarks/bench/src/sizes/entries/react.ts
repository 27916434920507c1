export * from '@holdfast/react';
