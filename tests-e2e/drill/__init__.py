"""The fault drill: people at work while parts of the house are killed, frozen or refused, and what is left of their work afterwards."""
