CREATE TABLE orders (
    id bigint NOT NULL,
    placed_at timestamp NOT NULL,
    country text NOT NULL,
    amount numeric(12, 2) NOT NULL,
    currency text NOT NULL,
    cancelled boolean NOT NULL DEFAULT false
);
