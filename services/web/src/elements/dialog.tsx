import { Modal, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';

type DialogParts = Readonly<{
  title: string;
  /** Where what stands in it says enough to those who see it. */
  isTitleHidden?: boolean;
  onClose: () => void;
  children: ReactNode;
}>;

/** A dialog over the page. It locks no scrolling, which would need a style that the policy refuses, and has no second banner. */
export function Dialog({ title, isTitleHidden = false, onClose, children }: DialogParts) {
  return (
    <Modal.Root
      opened
      onClose={onClose}
      lockScroll={false}
      transitionProps={{ duration: 0 }}
      size={isTitleHidden ? 'lg' : 'md'}
      yOffset="12vh"
    >
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body pt="md">
          <Modal.Title mb={isTitleHidden ? 0 : 'sm'} fw={650}>
            {isTitleHidden ? <VisuallyHidden>{title}</VisuallyHidden> : title}
          </Modal.Title>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
