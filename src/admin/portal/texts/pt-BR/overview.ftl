# The overview.

add-new = Adicionar
days-left = { $count ->
    [one] Falta { $count } dia.
   *[other] Faltam { $count } dias.
}
devices-in-use = { $count } com linhas em uso
devices-unused = { $count } sem uso
dids-assigned = { $count ->
    [one] { $count } atribuído
   *[other] { $count } atribuídos
}
dids-free = { $count } sem uso
last-request = Última solicitação
license = Licença
license-expired = Vencida em { $day }. As linhas ficam retidas até a renovação.
license-grace = Vencida. Os telefones continuam funcionando até { $day }; nada pode ser adicionado.
license-none = Nenhuma licença está instalada, por isso nada pode ser adicionado. Peça uma ao seu operador.
license-not-yet = Válida a partir de { $day }.
license-undecidable = A licença não pode ser verificada agora. Os telefones mantêm o que têm; nada pode ser adicionado até que o operador corrija isso.
license-valid = Válida até { $day }.
license-waits = A próxima licença começa em { $day }.
main-product-badge = PRODUTO PRINCIPAL
no-limit = Sem limite
no-phones-booting = Nenhum telefone perguntou nos últimos cinco minutos.
not-licensed = Não licenciado
outcome = Resultado
phones-booting = Telefones que estão iniciando
phones-left-behind = { $count ->
    [one] { $count } telefone tem um arquivo antigo e não busca o novo.
   *[other] { $count } telefones têm arquivos antigos e não buscam os novos.
}
phones-waiting = { $count ->
    [one] { $count } telefone é chamado a buscar seu novo arquivo.
   *[other] { $count } telefones são chamados a buscar seus novos arquivos.
}
price-month = { $amount }/mês
price-once = { $amount } uma vez
price-year = { $amount }/ano
product = Produto
terms = Condições
terms-limited-each = até { $count }, { $amount } cada
terms-limited-together = até { $count } por { $amount }
terms-unlimited-each = ilimitado, { $amount } cada
terms-unlimited-together = ilimitado por { $amount }
unlimited = Ilimitado
usage = Uso
used-of-limit = Usado / limite
withheld-seats = { $count ->
    [one] { $count } retido
   *[other] { $count } retidos
}
