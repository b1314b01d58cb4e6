export { courierSettings } from './courier.config';
export { type CourierPorts, openCourier } from './open-courier';
