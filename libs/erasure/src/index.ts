export { ErasureModule } from './erasure.module';
export { openErasure } from './open-erasure';
