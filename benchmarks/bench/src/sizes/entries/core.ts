export * from '@holdfast/core';
