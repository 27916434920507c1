export { classify } from '@holdfast/core';
