//! A client's session: variables, transactions, prepared statements, portals and cursors.
