// There is no smaller import today than that which brings sessions too.
export { createResilience } from '@holdfast/core';
