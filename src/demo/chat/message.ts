/** A message as the Playground's page takes it from its stream. `from.id` is a Teams id; times in ms. */
export type Message = Readonly<{
  messageId: string;
  timestamp: number;
  from: Readonly<{ id: string }>;
  text?: string;
  textFormat?: string;
  attachments: readonly Readonly<{ contentType: string; content: unknown }>[];
  attachmentLayout: string;
  mentions: readonly unknown[];
  suggestedActions?: unknown;
}>;

/** What an edit replaces. */
export type Content = Omit<Message, 'messageId' | 'timestamp' | 'from'>;
